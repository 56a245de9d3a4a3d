# SPDX-License-Identifier: Apache-2.0
"""The report card: graded from the published logs and the catalogue alone, so that a stranger gets the same (D38)."""
