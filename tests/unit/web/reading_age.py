# SPDX-License-Identifier: Apache-2.0
"""The measure of the pages, where the pages' tests look for it. It lives in the catalogue, which forms are read by too."""

from beholden.catalogue.reading import CHILD, FAMILY, LONG_WORD, Reading, reading, syllables

__all__ = ["CHILD", "FAMILY", "LONG_WORD", "Reading", "reading", "syllables"]
