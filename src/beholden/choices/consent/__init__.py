# SPDX-License-Identifier: Apache-2.0
"""A yes, as one sentence: what it may say, what a use asks, whose yes counts, how a whole form is judged.

Pure: no clock, no database. What was said is written down and read by the room itself.
"""
