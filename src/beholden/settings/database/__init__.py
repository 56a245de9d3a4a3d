# SPDX-License-Identifier: Apache-2.0
"""Django's PostgreSQL engine, told late where to connect, and always as the doors."""
