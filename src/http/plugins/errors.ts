import plugin from 'fastify-plugin';
import { Problem } from '../../domain/problem.ts';
import { sendProblem } from '../error-response.ts';
import type { Server } from '../server-type.ts';

/** Every refusal and every failure becomes a problem document (RFC 9457). */
export const errors = plugin(async (server: Server) => {
  server.setErrorHandler(sendProblem);
  server.setNotFoundHandler((request, reply) => sendProblem(new Problem('not_found'), request, reply));
});
