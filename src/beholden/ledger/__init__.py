# SPDX-License-Identifier: Apache-2.0
"""The Merkle log: what was decided and handed over, in an order that nobody can quietly change.

The proof core (tree, note, checkpoint, tiles, tags, entries, bundle, verify) needs no Django: it is all that
a stranger needs to check us. Importing this package alone therefore loads nothing.
"""
