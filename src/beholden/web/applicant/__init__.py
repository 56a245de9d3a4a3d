# SPDX-License-Identifier: Apache-2.0
"""The applicant's door: could a table answer it; the request by questions; where it stands (notes/ux.md 4.3)."""
