/** `dicache help`. */

export const helpText = `dicache: node-graph workflows from the terminal

  run FILE        run a workflow: --set NAME=VALUE (repeat), --out DIR, --inputs, --json
  serve           the server: --port 8188, --host 127.0.0.1
  rerun RUN       run one of the server's runs again; --verify: say whether every byte is the same
  validate FILE   say everything that is wrong with a workflow
  convert FILE    write it in the other format: --to api|ui
  nodes [TYPE]    the node types, or all about one
  models [FILE]   the weight files that are found, or what a file is
  compare FILE    run it with and without its step cache, and write a page: --thresholds 0.1,0.2 --out FILE.html
  verify DIR      check the implementation against fixture folders
  graph FILE      write the ONNX graphs of a weight file: --depth M --out DIR
  tune FILE       find the threshold for a speed-up: --speedup X
  bench WHAT      measure: sampler, study, graphs, engine, server, editor

FILE of run, validate and convert: JSON, a PNG or WebP picture that carries its workflow, or - for stdin.
Everywhere: --json prints one JSON document and nothing else; COMMAND --help shows all options.
Shared by run, serve, rerun, nodes, models: --home DIR (or DICACHE_HOME, default ~/.dicache), --models DIR (repeat),
--device auto|cpu|cuda|webgpu, --threads N.
Exit codes: 0 done, 1 failed, 2 invalid input, 130 cancelled.`
