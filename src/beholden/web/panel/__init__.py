# SPDX-License-Identifier: Apache-2.0
"""The door of reviewers and panel: declare, read, answer by questions, then read the others (notes/ux.md 4.4)."""
