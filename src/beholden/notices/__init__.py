# SPDX-License-Identifier: Apache-2.0
"""Who was told what, and when; and the letter's code that opens the notice and the answer."""
