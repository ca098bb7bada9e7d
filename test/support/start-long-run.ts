// Loaded by `npm run test:long` before anything else; the processes of the test files inherit it.
process.env.PIXMILL_TEST_LONG = '1';
