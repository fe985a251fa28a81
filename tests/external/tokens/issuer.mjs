// Two issuers of npm's oidc-provider on loopback: issuer.mjs DIRECTORY. Their private keys come from
// the directory (forge.py made them); their addresses go there. POST /_keys/NAME changes the keys of
// an issuer to those of NAME.json; GET /_id-token gives an ID token.
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { once } from 'node:events'
import { Provider } from 'oidc-provider'

const directory = process.argv[2]
const CLIENT = 'kcc-desk'

function provider(issuer, keys) {
  return new Provider(issuer, {
    jwks: JSON.parse(readFileSync(`${directory}/${keys}.json`, 'utf8')),
    clients: [{
      client_id: CLIENT,
      client_secret: 'van-deze-test',
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
      id_token_signed_response_alg: 'ES256',
    }],
    enabledJWA: { idTokenSigningAlgValues: ['ES256', 'PS256'] },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_ctx, resource) => ({
          audience: 'klantbeeld',
          scope: 'handelingen:lezen',
          accessTokenFormat: 'jwt',
          accessTokenTTL: 600,
          jwt: { sign: { alg: resource.endsWith('PS256') ? 'PS256' : 'ES256' } },
        }),
      },
    },
    extraTokenClaims: () => ({ rollen: ['kcc'], doelbinding: 'klantcontact' }),
  })
}

async function idToken(current) {
  const client = await current.Client.find(CLIENT)
  const token = new current.IdToken({ sub: 'nicole' }, { client, ctx: undefined })
  token.scope = 'openid'
  return token.issue({ use: 'idtoken' })
}

async function start(keys) {
  const server = createServer()
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const issuer = `http://127.0.0.1:${server.address().port}`
  let current = provider(issuer, keys)
  server.on('request', async (request, response) => {
    const change = /^\/_keys\/(\w+)$/.exec(request.url)
    if (change) {
      current = provider(issuer, change[1])
      response.end()
    } else if (request.url === '/_id-token') {
      response.end(await idToken(current))
    } else {
      current.callback()(request, response)
    }
  })
  return issuer
}

const issuers = { own: await start('old'), other: await start('other') }
writeFileSync(`${directory}/issuers.new`, JSON.stringify(issuers))
renameSync(`${directory}/issuers.new`, `${directory}/issuers.json`)
