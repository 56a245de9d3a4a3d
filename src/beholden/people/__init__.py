# SPDX-License-Identifier: Apache-2.0
"""Organisations, officers, safety flags, and the mandate that lets one adult decide for named children."""
