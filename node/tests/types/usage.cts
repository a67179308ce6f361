import jumpqr = require('jumpqr')
import testing = require('jumpqr/testing')

const sandbox: testing.Sandbox = new testing.Sandbox()
const client: jumpqr.Client = sandbox.client()
export const file: Promise<jumpqr.VerificationFile> = client.downloadQRCodeText()
