# SPDX-License-Identifier: Apache-2.0
"""The only way out. It alone may join who, what and for whom; it decides, logs, and only then releases."""
