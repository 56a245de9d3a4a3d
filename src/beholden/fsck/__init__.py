# SPDX-License-Identifier: Apache-2.0
"""Compares everything in a home with everything else: log, manifest, files, lists, keys, vault. Changes nothing."""
