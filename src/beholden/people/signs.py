# SPDX-License-Identifier: Apache-2.0
"""The signs of every code that a person reads aloud, copies by hand or types on a phone. Knows no code."""

SIGNS = "CDFGHJKMNPQRTVWX3479"
"""No vowels, so that no word comes out; no look-alikes (0 O, 1 I L, 2 Z, 5 S, 6 G, 8 B)."""
