'use strict'

/**
 * An error of a call. Its parts are those of the core's error; its message is the core's whole
 * text.
 */
class JumpqrError extends Error {
  constructor({ text, message: _, ...parts }, options) {
    super(text, options)
    Object.assign(this, parts)
  }

  toJSON() {
    return Object.assign({ name: this.name }, this, { message: this.message })
  }
}

const classes = { JumpqrError }
const kinds = [
  'Busy', 'CallTimeout', 'Credentials', 'Internal', 'Invalid', 'Network', 'PermissionDenied',
  'Protocol', 'Quota', 'RateLimited', 'State', 'Store',
]
for (const name of kinds.map((kind) => `${kind}Error`)) {
  classes[name] = { [name]: class extends JumpqrError {} }[name]
}
classes.ValidationError = class ValidationError extends classes.InvalidError {}

// On the prototype, as in Error, so that the name is not listed among an error's own parts.
for (const [name, { prototype }] of Object.entries(classes)) {
  Object.defineProperty(prototype, 'name', { value: name, configurable: true, writable: true })
}

module.exports = classes
