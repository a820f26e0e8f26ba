# Imports the module, once a session: the one that RPILIVE_MODULE names, by default the one that dotnet build has staged.
if (-not (Get-Module RpiLive)) {
    $manifest = @($env:RPILIVE_MODULE)
    if (-not $env:RPILIVE_MODULE) {
        $stage = [System.IO.Path]::Combine([System.IO.Path]::GetDirectoryName($PSScriptRoot), 'output', 'RpiLive')
        $manifest = [System.IO.Directory]::GetFiles($stage, 'RpiLive.psd1', 'AllDirectories')
    }
    if ($manifest.Count -ne 1) {
        throw "$stage holds $($manifest.Count) modules. Run dotnet clean, then dotnet build."
    }
    Import-Module $manifest[0] -ErrorAction Stop
}

# A file that is no image, of 1 MiB of zeros.
function New-GarbageFile([string] $Folder, [string] $Name) {
    $path = [System.IO.Path]::Combine($Folder, $Name)
    $null = [System.IO.Directory]::CreateDirectory([System.IO.Path]::GetDirectoryName($path))
    [System.IO.File]::WriteAllBytes($path, [byte[]]::new(1MB))
    $path
}

# The errors that a script writes, and the one that ends it.
function Get-ScriptError([scriptblock] $Script) {
    $ErrorActionPreference = 'Continue'
    try {
        & $Script 2>&1 | Where-Object { $_ -is [System.Management.Automation.ErrorRecord] }
    }
    catch {
        $_
    }
}

# What tab completion offers at the end of a line.
function Get-Completion([string] $Line) {
    [System.Management.Automation.CommandCompletion]::CompleteInput($Line, $Line.Length, $null).CompletionMatches.CompletionText
}

# The small stock image of the repository, unpacked.
function New-StockImage([string] $Folder, [string] $Name = 'stock.img') {
    $path = [System.IO.Path]::Combine($Folder, $Name)
    $packed = [System.IO.File]::OpenRead("$PSScriptRoot/data/stock.img.gz")
    $image = [System.IO.File]::Create($path)
    try {
        [System.IO.Compression.GZipStream]::new($packed, [System.IO.Compression.CompressionMode]::Decompress).CopyTo($image)
    }
    finally {
        $image.Dispose()
        $packed.Dispose()
    }
    $path
}

# A live image of it, anew each time: that is faster than to copy one, whose file is large and sparse.
function New-LiveImage([string] $Folder, [string] $Name = 'live.img') {
    $path = [System.IO.Path]::Combine($Folder, $Name)
    $null = New-RpiLiveImage -LiteralPath "$PSScriptRoot/data/stock.img.gz" -DestinationPath $path -CompressionLevel 1 -Force -WarningAction SilentlyContinue -ErrorAction Stop
    $path
}

# An object as it comes from another computer, a job or a file of Export-Clixml.
function ConvertTo-Deserialized([object] $InputObject) {
    [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($InputObject, 3))
}

# Length, time and content of a file, to see that nothing wrote it.
function Get-FileState([string] $Path) {
    $file = [System.IO.FileInfo]::new($Path)
    $content = $file.OpenRead()
    try {
        "$($file.Length) $($file.LastWriteTimeUtc.Ticks) $([System.Convert]::ToHexString([System.Security.Cryptography.SHA256]::HashData($content)))"
    }
    finally {
        $content.Dispose()
    }
}

# Runs a script at another location, which is not the folder that the process works in.
function Invoke-At([string] $Folder, [scriptblock] $Script) {
    $path = $ExecutionContext.SessionState.Path
    $before = $path.CurrentLocation.Path
    $null = $path.SetLocation([System.Management.Automation.WildcardPattern]::Escape($Folder))
    try {
        & $Script
    }
    finally {
        $null = $path.SetLocation([System.Management.Automation.WildcardPattern]::Escape($before))
    }
}
