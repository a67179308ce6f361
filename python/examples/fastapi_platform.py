"""A third-party platform on FastAPI. Start it with `uvicorn fastapi_platform:app`."""

import html
import os

from fastapi import BackgroundTasks, FastAPI, HTTPException, Request
from fastapi.responses import HTMLResponse, PlainTextResponse

import jumpqr

platform = jumpqr.AsyncPlatform(
    component_appid=os.environ["JUMPQR_COMPONENT_APPID"],
    component_appsecret=os.environ["JUMPQR_COMPONENT_APPSECRET"],
    message_token=os.environ["JUMPQR_MESSAGE_TOKEN"],
    encoding_aes_key=os.environ["JUMPQR_ENCODING_AES_KEY"],
    token_store=os.environ["JUMPQR_TOKEN_STORE"],
    base_url=os.environ.get("JUMPQR_BASE_URL"),  # of a sandbox
)
app = FastAPI()


@app.post("/push")  # both addresses of the console
async def push(request: Request, after_reply: BackgroundTasks) -> PlainTextResponse:
    try:
        handled = await platform.handle(request.scope["query_string"], await request.body())
    except jumpqr.ValidationError as refused:
        raise HTTPException(403) from refused
    after_reply.add_task(handled.finish)  # WeChat waits 5 seconds for the reply.
    return PlainTextResponse(handled.reply)


@app.get("/link")  # on the domain for the start of authorisations
async def link() -> HTMLResponse:
    url = await platform.authorization_url(os.environ["REDIRECT_URI"])
    return HTMLResponse(f'<a href="{html.escape(url)}">Authorise</a>')


@app.get("/done")  # the page of REDIRECT_URI
async def done(auth_code: str) -> str:
    return (await platform.exchange(auth_code)).authorizer_appid
