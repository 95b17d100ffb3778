/** A shell pipeline over a log file, with its answer as JSON. */
import { runSandboxed, unwrap } from 'hotcell';

const log = ['GET /a 200', 'GET /b 500', 'POST /a 200', 'GET /b 500', 'GET /c 404'].join('\n');

const result = await runSandboxed({
  language: 'bash',
  code: `
    set -euo pipefail
    grep -v ' 200$' access.log | awk '{print $2}' | sort | uniq -c | sort -rn |
      awk '{printf "%s\\t%s\\n", $2, $1}' |
      jq -R -s 'split("\\n") | map(select(. != "") | split("\\t") | {(.[0]): (.[1] | tonumber)}) | add' > "$HOTCELL_VALUE"
  `,
  files: { 'access.log': `${log}\n` },
});

console.log('failures by path:', unwrap(result));
