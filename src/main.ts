#!/usr/bin/env node
import { runCommandLine } from './cli/command-line.ts';

// Whoever read our output has seen enough (a pipe into `head`).
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

process.exitCode = await runCommandLine(process.argv);
