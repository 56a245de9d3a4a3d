# SPDX-License-Identifier: Apache-2.0
"""The public's door: who uses school records, the log it is counted from, and how to check us."""
