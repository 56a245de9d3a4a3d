# SPDX-License-Identifier: Apache-2.0
"""The register: a return comes in, is split into who (the vault) and what (the rows), and gets a receipt."""
