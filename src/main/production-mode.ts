/**
 * Imported first of all: graphql checks each value of an answer twice over unless it is told that
 * this is no development, and it looks when it is loaded.
 */
process.env.NODE_ENV ??= 'production';
