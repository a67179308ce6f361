"""A third-party platform on Django. Start it with `python django_platform.py runserver`."""

import logging
import os
from threading import Thread

from django.conf import settings
from django.core.management import execute_from_command_line
from django.http import HttpRequest, HttpResponse
from django.urls import path, re_path
from django.utils.html import format_html
from django.views.decorators.csrf import csrf_exempt

import jumpqr

NAMES = "component_appid component_appsecret message_token encoding_aes_key token_store base_url"
platform = jumpqr.Platform(**{name: os.getenv(f"JUMPQR_{name.upper()}") for name in NAMES.split()})


def push(request: HttpRequest) -> HttpResponse:  # /push and /push/$APPID$
    try:
        handled = platform.handle(request.META["QUERY_STRING"], request.body)
    except jumpqr.ValidationError as error:
        logging.warning("%s: %s", request.path, error)
        return HttpResponse(status=500 if error.code == "invalid_config" else 403)
    Thread(target=handled.finish).start()  # WeChat waits 5 seconds for the reply.
    return HttpResponse(handled.reply)


def link(_request: HttpRequest) -> HttpResponse:  # on the domain for the start of authorisations
    url = platform.authorization_url(os.environ["REDIRECT_URI"])
    return HttpResponse(format_html('<a href="{}">Authorise</a>', url))


def done(request: HttpRequest) -> HttpResponse:  # the page of REDIRECT_URI
    code = request.GET.get("auth_code", "")
    try:
        return HttpResponse(platform.exchange(code).authorizer_appid)
    except jumpqr.JumpqrError as error:
        if code and error.errcode not in (61009, 61010):
            raise
        return HttpResponse("Used or expired. See the list of merchants, or use a new link.")


urlpatterns = [path("link", link), path("done", done), re_path("^push", csrf_exempt(push))]
settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["127.0.0.1"], SECRET_KEY=os.urandom(16))
execute_from_command_line()
