import { machine, type Row, table } from './results.ts'

/** What stands in RESULTS.md: the table, what it compares, and what limits it. @param seconds that the run took */
export const report = (rows: readonly Row[], seconds: number): string => `# What the local cloud takes

${new Date().toISOString().slice(0, 10)}; ${machine()}. Other work ran on the machine at the same time.

Medians, in brackets minimum and maximum; less is better. A ratio is ours through the other's, taken round by round: both
were measured in this run (${Math.round(seconds)} s), in turns, so that what else the machine does falls on both. The ratio's own median,
minimum and maximum stand in its column, and its median decides.

${table(rows)}

- One client, one call after the other, unless a row says otherwise. Signature and permissions are checked in each call.
- The floor is the same client against a server in a process of its own that answers a constant (\`floor.ts\`). Raw HTTP
  sends one request, signed once, again and again.
- What counts comes after \`WARM\` calls of the same kind, beside MiniStack after \`SOON_WARM\` (\`bench.ts\`), of ours as of the
  other: V8 compiles some of what runs often after thousands of calls.
- Cold: the environments of the function were ended before (another configuration). No process waits for it.
- MiniStack (\`requirements.txt\` has its version) runs the same bundles as ours. It checks neither signature nor permissions.
- dynalite is the emulator from npm that this repository has anyway. It knows DynamoDB alone, without streams, and keeps its
  tables on disk here, as ours does. It checks neither signature nor permissions.
- Memory is the resident memory of the server's own process, without the functions'. A thumbnail's is that of a process of
  its own, Node included.
- A bundle stands beside a handler that does nothing, with the clients and commands of the SDK that the function imports.
  Init is the import of either in a fresh process. Without the SDK both are next to nothing: any bundle is larger than an
  empty one of 0.14 KB, so that only the figures stand there, and an init also passes when it takes 10 ms more.
- The pictures of chapter 11 are JPEGs of 400 × 300 pixels; the time ends when the list of everybody's pictures is read that
  has it: after two functions, four writes, a table's stream. One that we lose, in the table, among the thumbnails or in the
  list, ends the benchmark with an error. MiniStack is given the pace of ten users for 10 s only: it does not keep up.
  50 pictures a second are far more than two processors can do, so they have to wait.
- A login of chapter 10 computes one scrypt, with 128 MB, and a PBKDF2 of 4,096 rounds for the users of the book, in a
  function; the scrypt beside it in the benchmark's own process.
- The picture of 12 megapixels is noise, which is hard to compress: 6.5 MB.

What limits them, by CPU profiles (\`node --cpu-prof\` on \`tests/tools/serve.ts\`):

- Start: the cloud runs from one file with V8's code beside it, that of functions which a start runs included
  (\`scripts/compiled.cjs\`). What the template wants is kept by the hash of its text, of what is given and of the code, with
  all that was looked at beside it (\`local/stack/keptPrepare.ts\`), and what a deployment writes in one turn of the event
  loop is one transaction. So the first start after a source was saved takes 0.7 s more, after the template was saved
  0.15 s. Of the others, 190 ms, a tenth is Node itself, 6 ms go into looking whether one of 480 sources was saved, 18 into
  reading V8's code back, 15 into modules, Node's own and ours, 14 into tables and door, and 105 into the deployment: 178
  resources by 480 operations, each decided by IAM, told to the console and written, 0.6 ms a resource. A tenth of
  all is V8 collecting garbage; still larger heaps, other compilers and minified code gained nothing. MiniStack loads a service
  at its first use, and nothing is deployed on it.
- Memory: a Node that does nothing has 41 MB, more than all of MiniStack, so at rest only the figure stands there. What comes
  with calls is compiled code, the traces and decisions that the console shows, of which the last are kept, and room for
  V8: with the young generation held at the 4 MB of its start (\`scripts/setup.mjs\`) 10,000 calls leave 150 MB instead of 244,
  and take no longer.
- Warm Invoke: a bare \`node:http\` server that only hands each request to another process over a pipe and gives its answer
  back takes 1.3 to 1.5 × the floor over raw HTTP and 1.1 to 1.2 × through the SDK: no function in a process of its own can do
  with less. Beside it ours computes some 0.25 ms: 0.17 in the cloud's process, of which 0.02 are the decision of IAM, 0.02
  the signature, 0.02 keeping the log lines from a kill, 0.01 a look at the sources, and the rest some 150 functions with a
  thousandth each; 0.07 in the function's process, for an event, three log lines and an answer. A batch of log lines goes to
  CloudWatch Logs every 25 ms, beside the calls. Tried without gain: log lines left in a file instead of a pipe, which wakes
  nobody; not to sleep while a function runs; other thresholds of V8's compilers.
- Cold Invoke: the process of Node itself is 24 to 30 ms of it, as the machine's mood is, and its fork 2 to 8. The runtime takes from Node only what the first event needs:
  an import of \`node:fs\`, \`node:util\` or \`node:net\` makes all that they have, 10 ms together.
- DynamoDB beside dynalite: a put and a get are 0.7 to 0.8 ms, of which 0.4 to 0.5 are the client and the floor. Signature, IAM,
  decisions and traces, of which dynalite has none, take 0.07 ms; dynalite's own part is as large as what is left.
- S3, small bodies: up to 16 KB are a row, put in the transaction of the object's own. The commit is half of a put's time in
  the cloud's process, 75 µs for the pages that it writes: an object that was answered is there after a kill. One that takes
  the place of another, as here, writes twice the pages of a new one, which is put as fast as MiniStack puts it.
- S3, large bodies: of 100 MB a put takes 60 ms for the SHA-256 of the signature and 30 for the checksum; the 135 of the
  ETag's MD5 and the writing are in a thread of its own, beside them. 40 ms are V8 collecting the buffers, which Node makes
  anew for every 64 KB. A get fills the same buffer again and again.
- Bundles with pictures: jimp brings zod, file-type, pako, image-q, exif-parser, tinycolor2 and mime, 270 KB, of which little
  runs here: small modules stand for them (\`Alias\` in the template, \`chapters/05-standalone-functions/lib/lighter\`). Of the
  190 KB that are left, the formats are 140 (utif2 61, pngjs 29, jpeg-js 21, gifwrap and omggif 18, bmp-ts 11), jimp's own
  parts 23, image-size 13. A function that takes fewer formats names them. FaceDetection has no TIFF; of jsfeat it has the
  parts that find faces, 23 KB, and what they were taught in a short form, 44 KB instead of 197.
- Bundles without the SDK: nothing in them is not used. EjsWebsite has ejs, 11 KB, and its page; the two estimates of chapter
  12 check every field of an event, each with a message of its own.
- Upload to index: of 65 ms on a calmer machine the thumbnail is 20, and eleven calls of the two functions are 35, of which
  the cloud's own part is 5. Bucket and stream call their functions at once: 5 ms from the upload to the first, 4 from the
  item to the second. Memory is flat: what grows is steps of traces for the console, which end at 10,000.
- Thumbnail: a JPEG is read at an eighth (\`shrunkJpeg.ts\`): what is left is its Huffman codes, in JavaScript. The
  same picture as a progressive JPEG is decoded whole, in 1.4 s and 570 MB, as a PNG in 0.6 s and 360 MB.
`
