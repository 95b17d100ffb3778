#!/usr/bin/env node
'use strict';
// Read by whatever Node there is, so in the syntax of old ones: it runs the command on one that is new enough.
var spawn = require('child_process').spawn;
var nodeVersion = require('./node-version.cjs');

/** Ends as the process that does the work does. */
function runOn(node) {
  var child = spawn(node, [__filename].concat(process.argv.slice(2)), { stdio: 'inherit' });
  var isAtTerminal = [process.stdin, process.stdout, process.stderr].some(function (stream) {
    return stream.isTTY;
  });
  ['SIGINT', 'SIGTERM', 'SIGHUP'].forEach(function (signal) {
    process.on(signal, function () {
      // A terminal has sent it to the child as well.
      if (signal !== 'SIGINT' || !isAtTerminal) child.kill(signal);
    });
  });
  child.on('error', function (error) {
    console.error('hotcell: cannot run ' + node + ': ' + error.message);
    process.exitCode = 70;
  });
  child.on('exit', function (code, signal) {
    if (code !== null) {
      process.exitCode = code;
      return;
    }
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

if (nodeVersion.isNewEnough()) {
  import('../dist/cli/main.js').catch(function (error) {
    console.error('hotcell: ' + (error && error.code === 'ERR_MODULE_NOT_FOUND' ? 'it is not built: run "npm run setup". ' : '') + (error && error.message));
    process.exitCode = 70;
  });
} else {
  var node = nodeVersion.findNewNode();
  if (node) runOn(node);
  else {
    console.error(nodeVersion.complaint());
    process.exitCode = 69;
  }
}
