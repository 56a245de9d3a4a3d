# SPDX-License-Identifier: Apache-2.0
"""The pages. Each view makes one domain call and renders; nothing is decided here."""
