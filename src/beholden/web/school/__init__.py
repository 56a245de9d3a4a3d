# SPDX-License-Identifier: Apache-2.0
"""The school's door: a data lead signs in with reference and key, sends returns, reads findings, and sees every use."""
