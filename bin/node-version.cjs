'use strict';
// Read by whatever Node there is, so in the syntax of old ones. npm runs it before it compiles anything of hotcell's.
var fs = require('fs');
var path = require('path');

var wanted = 24;
var root = path.join(__dirname, '..');
/** A Node from npm: in a clone after its set-up, or beside this package. */
var nodePackages = [path.join(root, 'node_modules', 'node'), path.join(root, '..', 'node')];

function majorOf(version) {
  return Number(String(version).split('.')[0]);
}

/** The program of a Node that is new enough, lies in one of these packages and is not this one. */
function findNewNode() {
  for (var i = 0; i < nodePackages.length; i += 1) {
    var program = path.join(nodePackages[i], 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    try {
      var version = JSON.parse(fs.readFileSync(path.join(nodePackages[i], 'package.json'), 'utf8')).version;
      if (majorOf(version) >= wanted && fs.realpathSync(program) !== fs.realpathSync(process.execPath)) return program;
    } catch (error) {
      // It is not there.
    }
  }
  return undefined;
}

function isNewEnough() {
  return majorOf(process.versions.node) >= wanted;
}

function complaint() {
  var is = 'hotcell needs Node ' + wanted + ' or newer, and this is Node ' + process.versions.node + ' (' + process.execPath + '). ';
  if (fs.existsSync(path.join(root, 'scripts', 'setup.mjs'))) {
    return is + 'Run "npm run setup": it installs Node ' + wanted + ' for this clone.';
  }
  return is + 'Install it from https://nodejs.org, or add it to your project with "npm install node@' + wanted + '" first.';
}

module.exports = { complaint: complaint, findNewNode: findNewNode, isNewEnough: isNewEnough };

if (require.main === module && !isNewEnough()) {
  // npm has unpacked all packages by now, so a Node that is to be installed together with this one is there already.
  var comes = nodePackages.some(function (folder) {
    try {
      return majorOf(JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8')).version) >= wanted;
    } catch (error) {
      return false;
    }
  });
  if (!comes) {
    console.error(complaint());
    process.exit(1);
  }
}
