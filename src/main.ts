#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';
import { startClean } from './runtime/clean-start.ts';

// Before anything else is loaded, which would be loaded twice.
startClean();

// Downloaded bytes count against the heap, and V8 lets it grow by a third only: under full work it would look through all
// of the heap four times a second. 150: once it has become two and a half times as large.
setFlagsFromString('--heap-growing-percent=150');

// Whoever read our output has seen enough (a pipe into `head`).
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

const { runCommandLine } = await import('./cli/command-line.ts');
process.exitCode = await runCommandLine(process.argv);
