#!/usr/bin/env node
'use strict'

const { binding, native } = require('../lib/native.js')

process.exitCode = native(() => binding.runCommand(process.argv.slice(2)))
