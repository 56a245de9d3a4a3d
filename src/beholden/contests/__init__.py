# SPDX-License-Identifier: Apache-2.0
"""What is said against a match, and what was decided: it is not this person. Knows no register and no recipient."""
