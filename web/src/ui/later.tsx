import { Loader } from '@mantine/core';
import { type ComponentType, type JSX, useEffect, useState } from 'react';
import { ProblemAlert } from './problem-alert.tsx';

/**
 * A part of the page that is loaded when it is first shown. Instead of React.lazy, which holds a loaded part back for
 * 300 ms so that its fallback does not flash; a request is to open quicker than that.
 */
export function later<P extends object>(load: () => Promise<{ default: ComponentType<P> }>): (props: P) => JSX.Element {
  let loaded: ComponentType<P> | undefined;
  return function Later(props) {
    const [Part, setPart] = useState(() => loaded);
    const [failed, setFailed] = useState(false);
    useEffect(() => {
      if (loaded) return;
      load().then(
        (module) => {
          loaded = module.default;
          setPart(() => loaded);
        },
        () => setFailed(true),
      );
    }, []);
    // After an update of the server the parts of the old page are gone.
    const error = new Error('This part of the page could not be loaded.');
    if (failed) return <ProblemAlert error={error} onRetry={() => window.location.reload()} />;
    return Part ? <Part {...props} /> : <Loader aria-label="Loading" />;
  };
}
