# SPDX-License-Identifier: Apache-2.0
"""The one entrance of applicants, recipients, reviewers, panel and registrars; each has a door of its own behind it."""
