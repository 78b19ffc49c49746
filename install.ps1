<#
.SYNOPSIS
Installs tlslp for one user of Windows, without an administrator's rights.

.DESCRIPTION
Downloads the archive for this processor, checks it against SHA256SUMS of the same release, and
puts tlslp.exe into %LOCALAPPDATA%\Programs\tlslp, which it adds to the user's Path.

TLSLP_INSTALL_URL names a mirror: an address with latest/download/ and download/v<version>/.

.PARAMETER Version
The release to install. Default: the newest one. Pre-releases are installed only this way.

.PARAMETER Dir
Another folder.

.PARAMETER Uninstall
Removes tlslp.exe, and the folder from the user's Path.

.EXAMPLE
.\install.ps1 -Version 1.0.0
#>
[CmdletBinding()]
param(
    [string]$Version = '',
    [string]$Dir = (Join-Path $env:LOCALAPPDATA 'Programs\tlslp'),
    [switch]$Uninstall
)

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
# A progress bar slows downloads down several times in Windows PowerShell.
$ProgressPreference = 'SilentlyContinue'

$Releases = 'https://github.com/tlslp/tlslp/releases'

# Windows PowerShell 5.1 may offer only old versions of TLS.
[Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor
    [Net.SecurityProtocolType]::Tls12

function Get-Target {
    # PROCESSOR_ARCHITEW6432 is set where Windows translates for this process.
    $processor = $env:PROCESSOR_ARCHITECTURE
    if ($env:PROCESSOR_ARCHITEW6432) {
        $processor = $env:PROCESSOR_ARCHITEW6432
    }
    switch ($processor) {
        'AMD64' { return 'windows-x64' }
        'ARM64' { return 'windows-arm64' }
        default { throw "there is no tlslp for the processor $processor, only for AMD64 and ARM64" }
    }
}

function Get-BaseUrl {
    $url = $Releases
    if ($env:TLSLP_INSTALL_URL) {
        $url = $env:TLSLP_INSTALL_URL.TrimEnd('/')
    }
    # Checksums from an unprotected connection prove nothing.
    if ($url -notmatch '^(https://|http://(127\.0\.0\.1|localhost):)[^@]*$') {
        throw "TLSLP_INSTALL_URL: '$url' does not begin with https://"
    }
    if ($Version) {
        return "$url/download/v$Version"
    }
    return "$url/latest/download"
}

# Returns the name and the checksum of the archive for a target.
function Find-Archive([string]$Sums, [string]$Target) {
    foreach ($line in Get-Content -LiteralPath $Sums) {
        if ($line -match "^([0-9a-f]{64}) [ *](tlslp-([0-9][0-9A-Za-z.+-]*)-$Target\.zip)$") {
            if (-not $Version -or $Matches[3] -eq $Version) {
                return @{ Name = $Matches[2]; Checksum = $Matches[1] }
            }
        }
    }
    throw "SHA256SUMS of this release names no archive for $Target"
}

# Adds the folder to the user's Path, or removes it. The registry keeps variables in Path as they
# are; [Environment] would replace them by their values.
function Set-UserPath([bool]$Present) {
    $key = [Microsoft.Win32.Registry]::CurrentUser.OpenSubKey('Environment', $true)
    $path = [string]$key.GetValue('Path', '', 'DoNotExpandEnvironmentNames')
    $folders = @($path.Split(';') | Where-Object { $_ -and $_ -ne $Dir })
    if ($Present) {
        $folders += $Dir
    }
    $new = $folders -join ';'
    if ($new -ne $path) {
        $key.SetValue('Path', $new, 'ExpandString')
        # Removing a variable, even a missing one, tells running programs to read them again.
        [Environment]::SetEnvironmentVariable('TLSLP_INSTALL_URL_UNUSED', $null, 'User')
        Write-Host "changed the user's Path; open a new terminal to use it"
    }
    $key.Close()
}

function Install-Tlslp {
    $target = Get-Target
    $base = Get-BaseUrl
    New-Item -ItemType Directory -Force -Path $Dir | Out-Null
    $temporary = Join-Path $Dir ('.new-' + [Guid]::NewGuid().ToString('N'))
    New-Item -ItemType Directory -Path $temporary | Out-Null
    try {
        $sums = Join-Path $temporary 'SHA256SUMS'
        Invoke-WebRequest -UseBasicParsing -Uri "$base/SHA256SUMS" -OutFile $sums
        $archive = Find-Archive $sums $target
        $file = Join-Path $temporary $archive.Name
        Write-Host "downloading $($archive.Name)"
        Invoke-WebRequest -UseBasicParsing -Uri "$base/$($archive.Name)" -OutFile $file
        $checksum = (Get-FileHash -Algorithm SHA256 -LiteralPath $file).Hash
        if ($checksum -ne $archive.Checksum) {
            throw "the checksum of $($archive.Name) is wrong; it is not the file of the release"
        }
        Expand-Archive -LiteralPath $file -DestinationPath $temporary
        $folder = Join-Path $temporary ([IO.Path]::GetFileNameWithoutExtension($archive.Name))
        $executable = Join-Path $folder 'tlslp.exe'
        $line = & $executable --version
        if ($LASTEXITCODE -ne 0) {
            throw 'tlslp.exe does not run here'
        }
        $installed = Join-Path $Dir 'tlslp.exe'
        # A program that is running cannot be overwritten, but it can be renamed.
        if (Test-Path -LiteralPath $installed) {
            $old = Join-Path $Dir 'tlslp.old.exe'
            Remove-Item -Force -LiteralPath $old -ErrorAction SilentlyContinue
            Move-Item -Force -LiteralPath $installed -Destination $old
        }
        Move-Item -LiteralPath $executable -Destination $installed
        Remove-Item -Force -LiteralPath (Join-Path $Dir 'tlslp.old.exe') -ErrorAction SilentlyContinue
        Write-Host "installed ${installed}: $line"
    }
    finally {
        Remove-Item -Recurse -Force -LiteralPath $temporary
    }
    Set-UserPath $true
}

function Uninstall-Tlslp {
    $installed = Join-Path $Dir 'tlslp.exe'
    if (-not (Test-Path -LiteralPath $installed)) {
        throw "there is no $installed"
    }
    Remove-Item -Force -LiteralPath $installed
    Set-UserPath $false
    Write-Host "removed $installed"
}

try {
    $Version = $Version.TrimStart('v')
    $Dir = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Dir)
    if ($Version -notmatch '^([0-9][0-9A-Za-z.+-]*)?$') {
        throw "'$Version' is not a version such as 1.0.0"
    }
    if ($Uninstall) {
        Uninstall-Tlslp
    }
    else {
        Install-Tlslp
    }
}
catch {
    [Console]::Error.WriteLine("install.ps1: error: $_")
    # Without a file, as with Invoke-Expression, this would close the user's terminal.
    if ($PSCommandPath) {
        exit 1
    }
}
