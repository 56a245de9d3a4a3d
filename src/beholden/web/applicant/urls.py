# SPDX-License-Identifier: Apache-2.0
"""Addresses of the applicant's door. A request that is being written opens for its own body alone."""

from django.urls import path

from beholden.web.applicant import requests, writing

urlpatterns = [
    path("", requests.requests, name="applicant"),
    path("/new", requests.new, name="applicant-new"),
    path("/uses/<str:ref>", requests.use, name="applicant-use"),
    path("/uses/<str:ref>/withdraw", requests.withdraw, name="applicant-withdraw"),
    path("/writing/<str:sketch>", writing.tasks, name="applicant-tasks"),
    path("/writing/<str:sketch>/check", writing.check, name="applicant-check"),
    path("/writing/<str:sketch>/throw-away", writing.throw_away, name="applicant-throw-away"),
    path("/writing/<str:sketch>/<slug:question>", writing.question, name="applicant-question"),
]
