export default { output: 'standalone', serverExternalPackages: ['jumpqr'] }
