import { connectionOf } from '../connection-of.ts';
import { Actor } from './actor.ts';
import { Team } from './team.ts';

export const ActorConnection = connectionOf(Actor, 'Actor');
export const TeamConnection = connectionOf(Team, 'Team');
