/**
 * Must be the first import of main.tsx: zod otherwise probes for `new Function`, which the panel's content security
 * policy forbids and reports, even though zod would go on without it.
 */
import * as z from 'zod';

z.config({ jitless: true });
