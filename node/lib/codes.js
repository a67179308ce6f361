'use strict'

const { binding, checkType, native } = require('./native.js')

/** The usual number of pixels for the side of a module. */
const SCALE = 8

class QrCode {
  #native

  constructor(link, level) {
    this.#native = native(() => new binding.QrCode(link, level))
    Object.assign(this, JSON.parse(native(() => this.#native.describe())))
  }

  /** @param {{ caption?: string }} [options] */
  svg({ caption } = {}) {
    if (caption != null) checkType('string', { caption })
    return native(() => this.#native.svg(caption ?? undefined))
  }

  png({ scale = SCALE } = {}) {
    checkType('number', { scale })
    // Of another number, the binding would take a part.
    const isWhole = Number.isInteger(scale) && scale >= 0 && scale <= 0xffffffff
    if (!isWhole) throw new RangeError('scale: give a whole number, 1 to 64')
    return native(() => this.#native.png(scale))
  }

  terminal() {
    return native(() => this.#native.terminal())
  }

  plain() {
    return native(() => this.#native.plain())
  }
}

function qr(link, { level = 'M' } = {}) {
  checkType('string', { link, level })
  return new QrCode(link, level)
}

module.exports = { QrCode, qr }
