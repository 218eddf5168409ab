import { neo4jJars } from './neo4j-jars.ts';

console.log(await neo4jJars());
