# SPDX-License-Identifier: Apache-2.0
"""The recipient's door: its agreements and routes on one page, what is due, and its signed words."""
