# SPDX-License-Identifier: Apache-2.0
"""Puts right what has left: messages to recipients and their signed words, traces, incidents."""
