"""A third-party platform on Django. Start it with `python django_platform.py runserver`."""

import os
from threading import Thread

from django.conf import settings
from django.core.management import execute_from_command_line
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.html import format_html
from django.views.decorators.csrf import csrf_exempt

import jumpqr

NAMES = "component_appid component_appsecret message_token encoding_aes_key token_store base_url"
platform = jumpqr.Platform(**{name: os.getenv(f"JUMPQR_{name.upper()}") for name in NAMES.split()})


@csrf_exempt
def push(request: HttpRequest) -> HttpResponse:  # both addresses of the console
    try:
        handled = platform.handle(request.META["QUERY_STRING"], request.body)
    except jumpqr.ValidationError:
        return HttpResponse(status=403)
    Thread(target=handled.finish).start()  # WeChat waits 5 seconds for the reply.
    return HttpResponse(handled.reply)


def link(_request: HttpRequest) -> HttpResponse:  # on the domain for the start of authorisations
    url = platform.authorization_url(os.environ["REDIRECT_URI"])
    return HttpResponse(format_html('<a href="{}">Authorise</a>', url))


def done(request: HttpRequest) -> HttpResponse:  # the page of REDIRECT_URI
    return HttpResponse(platform.exchange(request.GET["auth_code"]).authorizer_appid)


urlpatterns = [path("push", push), path("link", link), path("done", done)]
settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["127.0.0.1"], SECRET_KEY=os.urandom(16))
execute_from_command_line()
