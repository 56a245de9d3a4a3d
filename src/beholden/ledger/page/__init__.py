# SPDX-License-Identifier: Apache-2.0
"""The verifier once more, as one page for a browser: plain JavaScript, no network, nothing that it depends on."""
