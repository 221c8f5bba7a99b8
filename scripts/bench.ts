// The figures of the local cloud, each beside a peer's of the same run.
await import('../bench/bench.ts')
