import { useEffect, useState } from 'react';

const WANTED = 'pixmill-key-wanted';

/** Says that the server wants a key; whoever shows the prompt hears it. */
export function wantKey(): void {
  window.dispatchEvent(new Event(WANTED));
}

/** Whether the server has asked for a key since the page was loaded. */
export function useKeyWanted(): boolean {
  const [wanted, setWanted] = useState(false);
  useEffect(() => {
    const hear = () => setWanted(true);
    window.addEventListener(WANTED, hear);
    return () => window.removeEventListener(WANTED, hear);
  }, []);
  return wanted;
}
