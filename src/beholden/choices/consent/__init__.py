# SPDX-License-Identifier: Apache-2.0
"""A yes, as one sentence: what it may say, how a whole form is judged that asks for it. Pure: no clock, no database.

Nobody is asked for a yes by the pages yet, and none is recorded: this is what will be asked, and what is refused.
"""
