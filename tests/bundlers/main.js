'use strict'

require('./add_rule.js').addRule().then(console.log)
