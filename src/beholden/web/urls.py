# SPDX-License-Identifier: Apache-2.0
"""Every address of the pages, door by door."""

from django.urls import include, path

urlpatterns = [
    path("", include("beholden.web.public.urls")),
    path("letter", include("beholden.web.family.urls")),
    path("family", include("beholden.web.family.record_urls")),
    path("school", include("beholden.web.school.urls")),
    path("office", include("beholden.web.office.urls")),
    path("applicant", include("beholden.web.applicant.urls")),
    path("panel", include("beholden.web.panel.urls")),
    path("recipient", include("beholden.web.recipient.urls")),
    path("registrar", include("beholden.web.registrar.urls")),
]

handler400 = "beholden.web.errors.bad_request"
handler404 = "beholden.web.errors.not_found"
handler500 = "beholden.web.errors.broken"
