import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

export interface ComposeService {
  build?: string;
  image: string;
  command?: string | string[];
  user?: string;
  privileged?: boolean;
  cap_drop?: string[];
  cap_add?: string[];
  security_opt?: string[];
  read_only?: boolean;
  tmpfs?: string;
  stop_grace_period?: string;
  environment?: Record<string, string>;
  depends_on?: string[] | Record<string, { condition: string }>;
  deploy?: { replicas: number };
  healthcheck?: { test: string[] };
  volumes?: string[];
}

export interface Compose {
  services: Record<string, ComposeService>;
  volumes: Record<string, unknown>;
}

/** compose.yaml as Docker reads it. @param values of the variables that it asks for */
export function readCompose(values: Record<string, string>): Compose {
  const text = readFileSync(join(import.meta.dirname, '../../compose.yaml'), 'utf8');
  const filled = text.replace(
    /\$(?:\$|\{(\w+)(?::([-?])([^}]*))?\})/g,
    (_, name?: string, kind?: string, rest = '') => {
      if (name === undefined) return '$';
      const value = values[name] ?? (kind === '-' ? rest : undefined);
      if (value === undefined) throw new Error(`compose.yaml asks for ${name}: ${rest}`);
      return value;
    },
  );
  return parse(filled, { merge: true }) as Compose;
}
