# SPDX-License-Identifier: Apache-2.0
"""What a person may do at the door: open a letter, read a notice, answer, keep a proof."""
