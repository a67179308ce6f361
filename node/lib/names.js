'use strict'

const { binding, native } = require('./native.js')

function frozen(value) {
  if (value instanceof Object) Object.values(Object.freeze(value)).forEach(frozen)
  return value
}

const names = frozen(JSON.parse(native(() => binding.names())))

/** `NOT_OCCUPIED` for the word `not occupied`. */
const constant = (word) => word.toUpperCase().replaceAll(' ', '_')

function numbers(values) {
  return Object.freeze(Object.fromEntries(values.map(({ word, number }) => [constant(word), number])))
}

module.exports = {
  names,
  OpenVersion: numbers(names.open_version),
  PermitSubRule: numbers(names.permit_sub_rule),
  Edit: numbers(names.is_edit),
  RuleState: numbers(names.state),
  AuthType: numbers(names.auth_type),
  version: native(() => binding.version()),
}
